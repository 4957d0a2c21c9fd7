/**
 * The folder buttons of the Go version, constants in its source, in their order; the first is the default. They are names of folders on
 * file servers, so their spelling must not change: some letters are Latin (wire.md §4).
 */
export const GO_FOLDERS: readonly string[] = [
  "Без категории",
  "Ha фон-к",
  "Hy такоэ",
  "Облучение",
  "Клипсы",
  "ЛюбоПытное",
  "B дорогу",
  "Совместно",
];
