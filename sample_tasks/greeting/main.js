(function (input, context) {
  const hour = input.hour ?? 12;
  const part = hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening";
  return { greeting: `Good ${part}, ${input.name}!`, greeted_by: context.taskName };
})
