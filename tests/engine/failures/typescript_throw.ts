type Input = { name?: string };
enum Level { Low = 1, High }

export async function main(input: Input): Promise<string> {
  const level: Level = Level.High;
  if (level) throw new Error(`level ${level as number}`);
  return input.name!;
}
