import pytest

from orders.models import Product


def test_without_the_mark_the_database_is_closed():
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        Product.objects.count()


@pytest.mark.parametrize("price", ["1.00", "2.50", "99999.99"])
def test_unsaved(price):
    assert Product(price=price).price == price


def test_settings(settings):
    settings.DEBUG = True
    assert settings.DEBUG


def test_settings_are_back(settings):
    assert not settings.DEBUG


def test_mail(mailoutbox):
    from django.core.mail import send_mail

    send_mail("Order", "Thank you", "shop@example.org", ["ada@example.org"])
    assert [mail.subject for mail in mailoutbox] == ["Order"]
