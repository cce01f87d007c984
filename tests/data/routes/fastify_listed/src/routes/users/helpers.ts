export const names = (users) => users.map((one) => one.name);
