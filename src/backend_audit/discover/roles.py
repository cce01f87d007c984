"""What a file is for, by its path below the folder that was named, and by the folders around it.

Decisions that are a matter of taste: examples, documentation code and developer tools are `SCRIPT` (judged: people copy
them, and they run with real credentials); Django management commands and seeders are `SCRIPT`; a folder called `vendor`
that holds application modules (`models.py`, `vendor.controller.ts`) is the application's own word for a merchant.
"""

import re
from collections.abc import Iterable

from backend_audit.discover.header import defines_but_no_test, role_of_generated
from backend_audit.discover.model import words
from backend_audit.source import Language, Role

_TEST_FOLDERS = words(
    "tests test __tests__ __test__ __mocks__ __fixtures__ __snapshots__ e2e e2e-tests e2e_tests cypress playwright "
    "unittest unittests regtest testdata test-data test_data"
)
_TEST_FOLDER = re.compile(r"^(?:tests?|mocks?)[_-].+|.+[_-](?:tests?|mocks?)$|^mocks$")
_RUNNER = re.compile(r"(?:^|[._-])(?:vitest|jest|playwright|cypress)\.config\.[cm]?[jt]s$|^\.mocharc\b")
_RUN_FOLDERS = words("acceptance integration functional smoke load system")  # tests, where a runner is set up in them
_STEPS = re.compile(r"^step[_-]definitions$")  # Cucumber's, whatever is around them
_AMBIGUOUS_TEST_FOLDER = re.compile(r".+[_-]tests?$")  # `integration_tests`, but also the application `lab_tests`
_TEST_FOLDERS_NODE = words("spec specs")
_TEST_FILE_PYTHON = re.compile(
    r"^(?:test_.*|.*_tests?|tests?|conftest|locustfile|testcases|testing|testutils?|pytest_.*|.*_test_?(?:data|fixtures?|factor(?:y|ies)))\.pyw?$"
)
_ENDS_LIKE_A_TEST = re.compile(r"(?<=[^/])_tests?(?=\.pyw?$)")
_TEST_FILE_NODE = re.compile(
    r"(?:^|[._-])(?:test|tests|spec|e2e-spec|cy|e2e|bench|mock|mocks)\.[cm]?[jt]sx?$|^(?:setup-?tests?|(?:jest|vitest|tests?)[._-]?(?:global-?)?setup|global-?setup)\.[cm]?[jt]sx?$"
    r"|^tests?[._-]?(?:helpers?|utils?|data|fixtures?|factor(?:y|ies))\.[cm]?[jt]sx?$"
    r"|^(?:jest|vitest|playwright|cypress|karma|wdio)(?:[._-]\w+)?\.conf(?:ig)?(?:\.\w+)?\.[cm]?[jt]s$",
    re.IGNORECASE,
)
_TEST_FILE_CONFIG = re.compile(  # not every `…-test.yml`: that may be the workflow which deploys to "test"
    r"^(?:pytest|tox)\.ini$|^tests?(?:[._-].*)?\.(?:ini|cfg)$|^\.env\.(?:tests?|testing|ci|e2e)(?:\.local)?$|compose.*[._-](?:tests?|e2e)\.ya?ml$|[._-]tests?\.(?:env|json)$"
)

# Installed or copied whole; counted as one folder each, since listing what is in them helps nobody.
PACKAGE_FOLDERS = words(
    "node_modules bower_components jspm_packages site-packages dist-packages __pypackages__ .venv .tox .nox .eggs "
    ".yarn .pnpm-store"
)
_VENDOR_FOLDERS = words("third_party third-party thirdparty 3rdparty _vendor _vendored vendored externals")
_LOADER = re.compile(r"\.pnp(?:\.loader)?\.[cm]?js$")  # Yarn's own: https://yarnpkg.com/features/pnp
_MERCHANT_FOLDERS = words("vendor vendors")
_OWN_WORDS = words("vendor vendors migrations")  # an application may mean something of its own by them
_APPLICATION_FILE = re.compile(
    r"^(?:models?|views?|urls|apps|admin|routes?|routers?|schemas?|serializers?|services?|controllers?|crud|api|"
    r"repository|dependencies)\.(?:py|[cm]?[jt]s)$|\.(?:controller|service|module|router?|routes|model|entity)\.[cm]?[jt]s$"
)
_TEST = re.compile(r"^(?:.+?/)?test/")  # a laboratory's or a school's application may be called so
_PARTS = 3  # models, views, urls, …: so many kinds of files make an application of it
_STATIC_FOLDERS = words("static statics public assets js lib libs plugins wwwroot _static media vendor")
_SERVED_FOLDERS, _LIBRARY_FOLDERS = words("static statics public assets wwwroot _static"), words("lib libs vendor vendors")
_BROWSER_LIBRARY = re.compile(
    r"^(?:bootstrap|popper|moment|lodash|underscore|angular|react|react-dom|vue|vuex|vue-router|d3|chart|chartjs|select2|"
    r"datatables?|tinymce|ckeditor|codemirror|ace|highlight|prism|handlebars|mustache|modernizr|backbone|ember|knockout|"
    r"require|requirejs|socket\.io|swagger-ui|redoc|htmx|alpine|leaflet|three|plotly|echarts|summernote|dropzone|axios|"
    r"fontawesome|html5shiv|respond|clipboard|sortable|toastr|sweetalert2?|quill|marked|mathjax|raphael|holder|zepto)"
    r"(?:[.-](?:\d[\w.-]*|min|slim|bundle|umd|global|prod|all|full|core|esm|module|standalone|pack|js))*\.[cm]?js$",
    re.IGNORECASE,
)
_JQUERY = re.compile(r"^jquery[\w.-]*\.js$", re.IGNORECASE)

_OUTPUT_FOLDERS = words("dist .next .nuxt .output .svelte-kit .turbo htmlcov storybook-static")
_BUILD_FOLDERS = words("build out lib-cov")  # output only beside what is built: `build/` may be a package
_BUILT = words("package.json tsconfig.json setup.py pyproject.toml")
_GENERATED_FOLDERS = words("__generated__ generated _generated .generated")
_GENERATED_FILE = re.compile(
    r"_pb2(?:_grpc)?\.py$|_pb\.[cm]?[jt]s$|_grpc_pb\.js$|[.-]min\.[cm]?js$|\.bundle\.js$|\.chunk\.js$|[._]generated\.[a-z]+$|"
    r"[.]gen\.[cm]?[jt]s$|_gen\.py$"
)
_MIGRATION_FOLDERS = words("migrations migration db_migrations dbmigrations data_migrations data-migrations")
_TIMED_FILE = re.compile(r"^\d{10,}[_\-].*\.[cm]?[jt]s$")
_MIGRATION_FILE = re.compile(r"^(?:\d+[_\-.].*|V\d+__.*|Migration\d+.*)\.(?:pyw?|[cm]?[jt]s)$")
_ROUTE_FOLDERS = words("routes routers views api controllers handlers endpoints")

_SCRIPT_FOLDERS = words("scripts script bin seeds seeders seeder examples example samples benchmarks docs doc")
_SCRIPT_TOP_FOLDERS = words("tools tool hack devtools ci contrib deploy deployment docs_src dev")
_SCRIPT_FILES = words(
    "manage.py setup.py noxfile.py fabfile.py dodo.py gulpfile.js gruntfile.js knexfile.js knexfile.ts ecosystem.config.js"
)
_SCRIPT_FILE = re.compile(r"\.config\.[cm]?[jt]s$")


class Surroundings:
    """What only a look at the whole listing tells: which folders hold migrations, environments, or an application.

    A folder is a path without a slash at its end; the top is "".
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.environments: set[str] = set()
        self.migrations: set[str] = set()
        self.applications: set[str] = set()
        self.built: set[str] = set()
        self.tested: set[str] = set()
        scripts: set[str] = set()  # folders of scripts that may move a document store's data on: no tool names them
        parts: dict[str, set[str]] = {}  # folders called `test` → what of an application is in them; "": tests
        for path in paths:
            folder, _, name = path.rpartition("/")
            if name == "pyvenv.cfg":
                self.environments.add(folder)
            elif name in _BUILT:
                self.built.add(folder)
            elif name in ("script.py.mako", "migration_lock.toml"):
                self.migrations.add(folder)  # Alembic's and Prisma's own files
            last = folder.rpartition("/")[2]
            if (last in _RUN_FOLDERS and _RUNNER.search(name)) or _STEPS.match(last):
                self.tested.add(folder)
            above = folder.split("/")[-2:-1]  # `migrations/postgres/1694658767766-AddOrders.ts`: one folder for each database
            within = not _MIGRATION_FOLDERS.isdisjoint(above) and _TIMED_FILE.match(name)
            if within or (last in _MIGRATION_FOLDERS and _MIGRATION_FILE.match(name)):
                self.migrations.add(folder)
            elif (last in _OWN_WORDS or _AMBIGUOUS_TEST_FOLDER.match(last)) and _APPLICATION_FILE.search(name):
                self.applications.add(folder)
            elif last == "migrations" and name.endswith(".js") and _ROUTE_FOLDERS.isdisjoint(folder.split("/")):
                scripts.add(folder)
            if name.endswith(".py") and (called := _TEST.match(f"{folder}/")):
                parts.setdefault(called[0][:-1], set()).add(_part(name))
        self.migrations |= scripts - self.applications
        self.applications |= {one for one, held in parts.items() if "" not in held and len(held - {"other"}) >= _PARTS}


def _part(name: str) -> str:
    """What of an application a Python file holds, by its name: "" for tests, "other" for what tells nothing."""
    return "" if _TEST_FILE_PYTHON.match(name) else name if _APPLICATION_FILE.search(name) else "other"


def package_folder(path: str, environments: set[str]) -> str:
    """The outermost folder of `path` that holds installed packages, "" if none."""
    parts = path.split("/")
    for depth, part in enumerate(parts[:-1], 1):
        if part in PACKAGE_FOLDERS or (environments and "/".join(parts[:depth]) in environments):
            return "/".join(parts[:depth])
    return ""


def role_of(path: str, language: Language, around: Surroundings) -> Role:
    """The role of the file `path` (relative to the folder that was named), by names alone."""
    *parts, name = path.split("/")
    folders = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    if _is_vendored(parts, folders, name, language, around):
        return Role.VENDORED
    if _is_test(parts, folders, name, language, around):
        return Role.TEST
    if _is_generated(parts, folders, name, language, around):
        return Role.GENERATED
    if language is Language.CONFIG:
        return Role.CONFIG
    if _is_migration(parts, folders, name, around):
        return Role.MIGRATION
    return Role.SCRIPT if _is_script(parts, name, language) else Role.SOURCE


def role_of_file(path: str, absolute: str, language: Language, around: Surroundings) -> Role:
    """As `role_of`, after a look at files that their names do not tell of.

    What is called like a test alone and holds none (`blood_test.py` in a laboratory) loses that ending; generated code that no
    build has put there may answer requests.
    """
    role = role_of(path, language, around)
    if role is Role.GENERATED and language is not Language.CONFIG and not _is_put_out(path, language, around):
        return role_of_generated(absolute)
    if role is not Role.TEST or language is not Language.PYTHON or not _ENDS_LIKE_A_TEST.search(path):
        return role
    other = role_of(_ENDS_LIKE_A_TEST.sub("", path), language, around)
    return other if other is not Role.TEST and defines_but_no_test(absolute) else role


def _is_vendored(parts: list[str], folders: list[str], name: str, language: Language, around: Surroundings) -> bool:
    if not _VENDOR_FOLDERS.isdisjoint(parts):
        return True
    if not _MERCHANT_FOLDERS.isdisjoint(parts):
        for part, folder in zip(parts, folders, strict=True):
            if part in _MERCHANT_FOLDERS and folder not in around.applications:
                return True
    if language is not Language.JAVASCRIPT:
        return False
    if _LOADER.match(name):
        return True
    if _JQUERY.match(name) or (_BROWSER_LIBRARY.match(name) and not _STATIC_FOLDERS.isdisjoint(parts)):
        return True
    served = next((at for at, part in enumerate(parts) if part in _SERVED_FOLDERS), len(parts))
    return not _LIBRARY_FOLDERS.isdisjoint(parts[served:])


def _is_test(parts: list[str], folders: list[str], name: str, language: Language, around: Surroundings) -> bool:
    for part, folder in zip(parts, folders, strict=True):
        if folder in around.tested or ((part in _TEST_FOLDERS or _TEST_FOLDER.match(part)) and folder not in around.applications):
            return True
    if language is Language.PYTHON:
        return bool(_TEST_FILE_PYTHON.match(name)) and parts[-2:] != ["management", "commands"]
    if language is Language.CONFIG:
        return bool(_TEST_FILE_CONFIG.search(name))
    return not _TEST_FOLDERS_NODE.isdisjoint(parts) or bool(_TEST_FILE_NODE.search(name))


def _is_generated(parts: list[str], folders: list[str], name: str, language: Language, around: Surroundings) -> bool:
    if _GENERATED_FILE.search(name) or not _GENERATED_FOLDERS.isdisjoint(parts):
        return True
    return _is_output(parts, folders, language, around)


def _is_put_out(path: str, language: Language, around: Surroundings) -> bool:
    """Whether a build has put `path` where its output goes: what it was made of is there, too."""
    *parts, _ = path.split("/")
    return _is_output(parts, ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)], language, around)


def _is_output(parts: list[str], folders: list[str], language: Language, around: Surroundings) -> bool:
    if not _OUTPUT_FOLDERS.isdisjoint(parts):
        return True
    if language is Language.CONFIG or _BUILD_FOLDERS.isdisjoint(parts):
        return False
    above = ["", *folders]
    return any(part in _BUILD_FOLDERS and above[at] in around.built for at, part in enumerate(parts))


def _is_migration(parts: list[str], folders: list[str], name: str, around: Surroundings) -> bool:
    if not around.migrations.isdisjoint(folders):
        return name != "env.py"  # Alembic's env.py opens the database: a script
    return name == "migrations.py" and _ROUTE_FOLDERS.isdisjoint(parts)


def _is_script(parts: list[str], name: str, language: Language) -> bool:
    if not _SCRIPT_FOLDERS.isdisjoint(parts) or (parts and parts[0] in _SCRIPT_TOP_FOLDERS):
        return True
    if name.lower() in _SCRIPT_FILES or _SCRIPT_FILE.search(name):
        return True
    if language is not Language.PYTHON:
        return False
    return parts[-2:] == ["management", "commands"] or (name == "env.py" and bool(parts))
