import fastify from 'fastify';

import identity from './identity';
import reports from './routes/reports/index';
import visits from './routes/visits';

const app = fastify();
app.register(identity);
app.register(reports, { prefix: '/reports' });
app.register(visits, { prefix: '/visits' });
app.listen({ port: 3000 });
