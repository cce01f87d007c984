export const TYPES = {
  Orders: Symbol.for("Orders"),
  Gate: Symbol.for("Gate"),
  Strict: Symbol.for("Strict"),
  Lenient: Symbol.for("Lenient"),
};
