module.exports = async (f) => { f.get('/users', async () => 1); };
