const users = async (app) => { app.get('/never', async () => 1); };
export default users;
