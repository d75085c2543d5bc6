import json

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from orders.models import Order, OutOfStock, Product


def as_json(product):
    return {"slug": product.slug, "name": product.name, "price": str(product.price), "stock": product.stock}


@require_GET
def products(request):
    found = Product.objects.all()
    if tag := request.GET.get("tag"):
        found = found.filter(tags__contains=[tag])
    return JsonResponse({"products": [as_json(product) for product in found]})


@require_GET
def product(request, slug):
    return JsonResponse(as_json(get_object_or_404(Product, slug=slug)))


@require_POST
def place_order(request):
    wanted = json.loads(request.body)
    order = Order.objects.create(customer_id=wanted["customer"])
    try:
        order.add(get_object_or_404(Product, slug=wanted["slug"]), wanted["amount"])
    except OutOfStock as error:
        return JsonResponse({"out of stock": str(error)}, status=409)
    return JsonResponse({"order": order.pk, "total": str(order.total())}, status=201)
