ROOT_URLCONF = "urls"
OPEN_FIELDS = ("__schema", "login", "version")
GRAPHENE = {"MIDDLEWARE": ["middleware.Timing", "middleware.SignedIn"]}
