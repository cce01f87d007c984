function list(req, res) {
  res.end('[]');
}

function create(req, res) {
  if (req.headers['x-api-key'] !== process.env.API_KEY) {
    res.statusCode = 401;
    return res.end();
  }
  res.end('{}');
}

exports.notes = async function notes(req, res, pathname) {
  switch (pathname) {
    case '/notes':
      if (req.method === 'POST') return create(req, res);
      if (req.method === 'GET') return list(req, res);
      break;
    case '/about':
    case '/imprint':
      res.end('about');
      break;
    default:
      res.statusCode = 404;
      res.end();
  }
};
