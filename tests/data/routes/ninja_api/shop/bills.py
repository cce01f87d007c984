"""Mounted by its name."""

from ninja import Router

router = Router()


@router.delete("/{bill_id}")
def cancel(request, bill_id: int):
    return {}
