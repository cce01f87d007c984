const users = async (app) => { app.get('/', async () => 1); };
export default users;
