import requests
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBasic, HTTPBasicCredentials, OAuth2PasswordRequestForm

app = FastAPI()


@app.post("/token")
def token(form: OAuth2PasswordRequestForm = Depends(), basic: HTTPBasicCredentials = Depends(HTTPBasic())):
    requests.get(form.username, timeout=1)  # $ alert
    requests.get(basic.username, timeout=1)  # $ alert
