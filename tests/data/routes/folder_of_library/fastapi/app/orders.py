from fastapi import APIRouter, Depends
from fastapi.security import HTTPBearer

router = APIRouter(dependencies=[Depends(HTTPBearer())])


@router.get("/last")
def last():
    return {}
