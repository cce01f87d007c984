export const options = { url: '/users', method: 'get', middlewares: ['auth'] };
export const run = async (req, res) => res.send([]);
