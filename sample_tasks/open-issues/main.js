async function main({ project }) {
  const response = await fetch(`https://tracker.example/projects/${project}/issues?state=open`);
  if (!response.ok) throw new HttpError(response.status, `There is no project ${project}`);
  const counts = {};
  for (const issue of await response.json()) {
    for (const label of issue.labels) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
