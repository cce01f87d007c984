export const GET = async () => Response.json({ ok: true });

export const revalidate = 60;
