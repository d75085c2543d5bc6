from django.urls import path

from orders import views

urlpatterns = [
    path("products/", views.products),
    path("products/<slug:slug>/", views.product),
    path("orders/", views.place_order),
]
