export default { method: 'GET', url: '/', handler: async () => 1 };
