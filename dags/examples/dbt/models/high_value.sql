select customer_id, email from {{ ref('customers') }} where lifetime_value > 500
