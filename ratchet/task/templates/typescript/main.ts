interface Input {
  text: string;
}

interface Output {
  words: number;
  longest: string | null;
}

export default function main(input: Input): Output {
  const words: string[] = input.text.split(/\s+/).filter((word) => word !== '');
  let longest: string | null = null;
  for (const word of words) {
    if (longest === null || word.length > longest.length) {
      longest = word;
    }
  }
  return { words: words.length, longest };
}
