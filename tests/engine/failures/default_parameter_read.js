function size(box, width = box.width) {
  return width * 2;
}
(input) => size(input.box)
