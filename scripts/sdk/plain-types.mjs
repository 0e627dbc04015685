/** Writes the types that the protocol infers from its schemas as plain TypeScript: a reader of the package needs no zod. */
import ts from "typescript";

/**
 * The declarations of all types that a module exports, each spelt out, with what is said of its fields.
 *
 * @param {ts.TypeChecker} checker
 * @param {ts.SourceFile} module
 * @param {ReadonlyMap<ts.SourceFile, string>} others - modules whose types are named instead of spelt out, and where they are
 * imported from
 * @returns {string}
 */
export function plainTypes(checker, module, others) {
  const own = exportedTypes(checker, module);
  /** @type {Map<ts.Type, { name: string, from: string | null }>} */
  const names = new Map();
  for (const [other, from] of others)
    for (const { name, type } of exportedTypes(checker, other)) names.set(type, { name, from });
  for (const { name, type } of own) names.set(type, { name, from: null });
  /** @type {Map<string, Set<string>>} */
  const imported = new Map();

  /** @returns {string} */
  function named(/** @type {ts.Type} */ type, depth = 0) {
    const known = isCompound(type) ? names.get(type) : undefined;
    if (known === undefined) return spelt(type, depth);
    if (known.from !== null) imported.set(known.from, (imported.get(known.from) ?? new Set()).add(known.name));
    return known.name;
  }

  /** @returns {string} */
  function spelt(/** @type {ts.Type} */ type, depth = 0) {
    if (type.isUnion() && type.types.some(isObject)) {
      const rest = type.types.filter((part) => !isObject(part)).map((part) => checker.typeToString(part));
      return [...type.types.filter(isObject).map((part) => named(part, depth)), ...rest].join(" | ");
    }
    if (!isObject(type)) {
      const plain = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike | ts.TypeFlags.Null;
      const parts = type.isUnion() ? type.types : [type];
      if (parts.every(({ flags }) => flags & (plain | ts.TypeFlags.Undefined)))
        return checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias);
      throw new Error(`${checker.typeToString(type)} is not a plain type.`);
    }
    if (checker.isArrayType(type)) {
      const [item] = checker.getTypeArguments(/** @type {ts.TypeReference} */ (type));
      if (item !== undefined) return `Array<${named(item, depth)}>`;
    }
    const [index] = checker.getIndexInfosOfType(type);
    if (index !== undefined) return `Record<${named(index.keyType)}, ${named(index.type, depth)}>`;
    const fields = type.getProperties().map((field) => member(field, depth + 1));
    return `{\n${fields.join("")}${"  ".repeat(depth)}}`;
  }

  function member(/** @type {ts.Symbol} */ field, /** @type {number} */ depth) {
    const indent = "  ".repeat(depth);
    const words = ts.displayPartsToString(field.getDocumentationComment(checker)) || descriptionOf(field);
    const comment = words === "" ? "" : `${indent}/** ${words.replaceAll("\n", " ")} */\n`;
    const optional = field.flags & ts.SymbolFlags.Optional ? "?" : "";
    return `${comment}${indent}${field.name}${optional}: ${named(checker.getTypeOfSymbol(field), depth)};\n`;
  }

  const declared = own.map(({ name, type }) => `export type ${name} = ${spelt(type)};\n`);
  const imports = [...imported].map(
    ([from, used]) => `import type { ${[...used].sort().join(", ")} } from "${from}";\n`,
  );
  return [...imports, ...declared].join("");
}

/** What a field's schema says of it: the text of the last `.describe("…")` of its making. */
function descriptionOf(/** @type {ts.Symbol} */ field) {
  const [declaration] = field.declarations ?? [];
  if (declaration === undefined || !ts.isPropertyAssignment(declaration)) return "";
  /** @type {ts.Expression} */
  let making = declaration.initializer;
  while (ts.isCallExpression(making) && ts.isPropertyAccessExpression(making.expression)) {
    const [words] = making.arguments;
    if (making.expression.name.text === "describe" && words !== undefined && ts.isStringLiteralLike(words))
      return words.text;
    making = making.expression.expression;
  }
  return "";
}

function exportedTypes(/** @type {ts.TypeChecker} */ checker, /** @type {ts.SourceFile} */ module) {
  const symbol = checker.getSymbolAtLocation(module);
  const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol);
  return exported
    .filter(({ flags }) => flags & ts.SymbolFlags.TypeAlias)
    .map((alias) => ({ name: alias.name, type: checker.getDeclaredTypeOfSymbol(alias) }));
}

const isObject = (/** @type {ts.Type} */ type) => (type.flags & ts.TypeFlags.Object) !== 0;
/** Short enough to say are `string` and `null`; what has parts is better named. */
const isCompound = (/** @type {ts.Type} */ type) => type.isUnion() || isObject(type);
