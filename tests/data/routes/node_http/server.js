const http = require('http');
const { notes } = require('./notes');

const server = http.createServer(async (req, res) => {
  const { pathname } = new URL(req.url, 'http://localhost');
  if (req.url === '/health') {
    return res.end('ok');
  }
  if (req.method === 'POST' && pathname === '/login') {
    return res.end('token');
  }
  if (pathname === '/admin' && req.method === 'DELETE') {
    if (!req.headers.authorization) {
      res.writeHead(401);
      return res.end();
    }
    return res.end('gone');
  }
  if (pathname.startsWith('/files/')) {
    return res.end('a file');
  }
  await notes(req, res, pathname);
});

server.listen(3000);
