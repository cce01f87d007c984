module.exports = async (f) => { f.get('/never', async () => 1); };
