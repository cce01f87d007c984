from models import Setting


def is_ready():
    return Setting.objects.get(name="ready").value
