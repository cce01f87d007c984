export default "default";
export const named = "named";
export * from "./star";
export { inner as again } from "./star";
