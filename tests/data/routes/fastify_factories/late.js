export default async function (api) {
  api.get('/', async () => ({}));
}
