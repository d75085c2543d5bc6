import pytest
from django.contrib.auth import get_user_model

from orders.models import Product


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Rows that every test of a worker sees, made once in the worker's own database."""
    with django_db_blocker.unblock():
        for n in range(20):
            Product.objects.create(
                slug=f"p{n:02}", name=f"Product {n}", price=n + 1, stock=10, tags=["even" if n % 2 == 0 else "odd"]
            )


@pytest.fixture
def customer(db):
    return get_user_model().objects.create_user("ada", password="engine")
