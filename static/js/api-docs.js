// Swagger UI over our OpenAPI document; a file of its own, since the page allows no inline script.
const place = document.getElementById("swagger");
window.SwaggerUIBundle({ url: place.dataset.schema, domNode: place, deepLinking: true, validatorUrl: null });
