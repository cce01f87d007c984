export async function find(header: string): Promise<{ role: string } | undefined> {
  return header ? { role: "user" } : undefined;
}
