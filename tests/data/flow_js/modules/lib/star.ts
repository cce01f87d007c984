export const fromStar = "star";
const inner = "inner";
export { inner };
