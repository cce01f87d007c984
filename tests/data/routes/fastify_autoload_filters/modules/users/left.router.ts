const users = async (app) => { app.get('/left', async () => 1); };
export default users;
