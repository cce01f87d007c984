export const read = (token: string, scopes?: string[]) => ({ token, scopes });
