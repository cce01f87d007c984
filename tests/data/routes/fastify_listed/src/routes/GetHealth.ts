export const options = { url: '/health', method: 'get' };
export const run = async (req, res) => res.send({ ok: 1 });
