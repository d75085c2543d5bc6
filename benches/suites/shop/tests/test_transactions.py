"""Tests that commit: pytest-django runs them after all others and empties the tables after each."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from orders.models import Order, OutOfStock, Product


@pytest.fixture
def product(transactional_db):
    return Product.objects.create(slug="only", name="Only", price=3, stock=5)


@pytest.fixture
def order(transactional_db):
    return Order.objects.create(customer=get_user_model().objects.create_user("mary"))


def test_rollback(product):
    with pytest.raises(RuntimeError), transaction.atomic():
        product.delete()
        raise RuntimeError
    assert Product.objects.filter(slug="only").exists()


def test_on_commit(product):
    done = []
    with transaction.atomic():
        transaction.on_commit(lambda: done.append(product.slug))
        assert not done
    assert done == ["only"]


def test_two_threads_buy_the_last_ones(product, order):
    results = []

    def buy():
        try:
            order.add(product, 3)
            results.append("bought")
        except OutOfStock:
            results.append("out of stock")
        finally:
            connection.close()

    threads = [threading.Thread(target=buy) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["bought", "out of stock"]


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize("turn", range(3))
def test_sequences_start_again(turn):
    Product.objects.all().delete()
    assert Product.objects.create(slug="first", name="First", price=1).pk == 1


@pytest.mark.parametrize("turn", range(5))
def test_tables_are_emptied(turn, product):
    assert Product.objects.filter(slug="only").count() == 1


def test_live_server(product, live_server):
    from urllib.request import urlopen

    with urlopen(f"{live_server.url}/products/only/") as response:
        assert b'"stock": 5' in response.read()
