export default async (req, res) => {
  if (!req.headers.authorization) { res.code(401).send({ message: 'no' }); return; }
};
