internal import Restate

extension Pattern {
    static let communication = [
        Pattern(
            name: "durablerpc", group: .communication,
            purpose:
                "call handlers from an ordinary program; an idempotency key removes duplicates",
            services: { _ in [Product()] },
            lines: """
                curl -X POST localhost:5050/reserve/product1/reservation1    # true
                curl -X POST localhost:5050/reserve/product1/reservation2    # false, it is taken
                curl -X POST localhost:5050/reserve/product1/reservation1    # true again, deduplicated
                """),
        Pattern(
            name: "queue", group: .communication,
            purpose: "queue tasks for now or later; fetch the result later if it is needed",
            services: { [AsyncTaskWorker(workTime: $0.workTime)] },
            lines: """
                curl 'localhost:8080/asyncTaskWorker/runTask/send?delay=10s' -H 'idempotency-key: task1' \\
                  --json '{"id":"task1","task":"count the sheep"}'
                curl localhost:8080/restate/invocation/asyncTaskWorker/runTask/task1/attach
                patterns queue submit --task 'count the stars' --delay 1s
                """),
        Pattern(
            name: "webhookcallbacks", group: .communication,
            purpose: "make a handler the target of a webhook, so that no event is lost",
            services: {
                [WebhookCallbackRouter(), PaymentTracker($0.effects, interval: $0.interval)]
            },
            lines: """
                curl localhost:8080/WebhookCallbackRouter/onStripeEvent --json \\
                  '{"id":"evt_1","type":"invoice.payment_failed","created":1633025000,"data":{"object":{"id":"invoice123","customer":"cus_1"}}}'
                """),
        database,
        Pattern(
            name: "syncasync", group: .communication,
            purpose: "wait for a result while that is quick, otherwise have it sent later",
            services: { [DataUploader($0.effects, buckets: $0.partsURL + "/buckets")] },
            lines: """
                curl localhost:8080/dataUploader/upload1/run/send
                curl localhost:8080/dataUploader/upload1/resultAsEmail/send --json '{"email":"user@example.com"}'
                curl localhost:8080/restate/workflow/dataUploader/upload1/attach
                patterns syncasync upload
                """),
        Pattern(
            name: "signalspayments", group: .communication,
            purpose: "wait in one function for a fast answer or a late webhook (advanced)",
            services: { [CardPayments($0.payments, webhookSecret: $0.webhookSecret)] },
            lines: """
                curl localhost:8080/payments/processPayment -H 'content-type: application/json' -d '{
                        "paymentMethodId": "pm_card_visa",
                        "amount": 109,
                        "delayedStatus": true
                }'
                curl localhost:8080/payments/processPayment -H 'idempotency-key: my-id-token' \\
                  --json '{"paymentMethodId":"pm_card_visa_chargeDeclined","amount":109}'
                restate inv list; restate inv cancel <invocation_id>   # a payment whose webhook never comes
                """),
    ]

    static let orchestration = [
        Pattern(
            name: "sagas", group: .orchestration,
            purpose: "note an undo for each step; run the undos when a later step fails",
            services: {
                [
                    BookingWorkflow($0.effects), FlightsService($0.effects),
                    CarRentalService($0.effects),
                ]
            },
            lines: """
                curl -X POST localhost:8080/BookingWorkflow/trip123/run -H 'content-type: application/json' -d '{
                  "flights": { "flightId": "12345", "passengerName": "John Doe" }, "car": { "pickupLocation": "Airport", "rentalDate": "2024-12-16" },
                  "paymentInfo": { "cardNumber": "4111111111111111", "amount": 1500 } }'
                """),
        Pattern(
            name: "statefulactors", group: .orchestration,
            purpose: "keep a machine's state in an actor that moves one transition at a time",
            services: { [MachineOperator(mayFail: $0.mayFail)] },
            lines: """
                curl -X POST localhost:8080/machineOperator/my-machine/setUp
                # five at once, to be pasted together:
                (curl localhost:8080/machineOperator/a/setUp    -H 'content-type: application/json' -d '' &)
                (curl localhost:8080/machineOperator/a/tearDown -H 'content-type: application/json' -d '' &)
                (curl localhost:8080/machineOperator/b/setUp    -H 'content-type: application/json' -d '' &)
                (curl localhost:8080/machineOperator/b/setUp    -H 'content-type: application/json' -d '' &)
                (curl localhost:8080/machineOperator/b/tearDown -H 'content-type: application/json' -d '' &)
                echo "executing..."
                """),
        Pattern(
            name: "statemachinepayments", group: .orchestration,
            purpose: "follow a payment through its states: paid once, revocable",
            services: { _ in [Payments(), Accounts()] },
            lines: """
                curl -X POST localhost:8080/payments/my-payment-id/makePayment -H 'content-type: application/json' -d '{  "accountId": "abc", "amount": 100 }'
                curl -X POST localhost:8080/payments/my-payment-id/cancelPayment
                restate kv get payments my-payment-id       # payment {"accountId":"abc","amountCents":100}, status "CANCELLED"
                """),
    ]

    static let scheduling = [
        Pattern(
            name: "schedulingtasks", group: .scheduling,
            purpose: "schedule work for later and be sure that it happens",
            services: { [PaymentTracker($0.effects, interval: $0.interval)] },
            lines: """
                E='{"type":"invoice.payment_failed","created":1633025000,"data":{"object":{"id":"invoice123","customer":"cus_1"}}}'
                curl localhost:8080/PaymentTracker/invoice123/onPaymentFailed --json "$E"
                curl localhost:8080/PaymentTracker/invoice123/onPaymentSuccess --json "$E"
                restate kv get PaymentTracker invoice123
                """),
        Pattern(
            name: "parallelizework", group: .scheduling,
            purpose: "split a task, run the parts side by side, join the results",
            services: { _ in [TaskSplitter()] },
            lines: """
                curl localhost:8080/worker/run --json '{"description":"shopping,cooking,washing up"}'
                """),
    ]

    static let events = [
        Pattern(
            name: "eventtransactions", group: .events,
            purpose: "carry each event through several systems, in order per key",
            services: { [UserFeed($0.effects)] },
            lines: """
                patterns produce userFeed/processPost <<'END'
                userid1:{"content": "Hi! This is my first post!", "metadata": "public"}
                userid2:{"content": "Hi! This is my first post!", "metadata": "public"}
                userid1:{"content": "Hi! This is my second post!", "metadata": "public"}
                END
                """),
        Pattern(
            name: "eventenrichment", group: .events,
            purpose: "join events with data from RPC in state that can be queried",
            services: { _ in [PackageTracker()] },
            lines: """
                curl localhost:8080/package-tracker/package123/registerPackage -H 'content-type: application/json' -d '{"finalDestination": "Bridge 6, Amsterdam"}'
                patterns produce package-tracker/updateLocation <<'END'
                package123:{"timestamp": "2024-10-10 13:00", "location": "Pinetree Road 5, Paris"}
                package123:{"timestamp": "2024-10-10 14:00", "location": "Mountain Road 155, Brussels"}
                END
                curl localhost:8080/package-tracker/package123/getPackageInfo
                """),
    ]

    static let coordination = [
        Pattern(
            name: "promiseasaservice", group: .coordination,
            purpose: "promises that several processes share and that outlive them",
            services: { _ in [DurablePromises(), DurablePromiseServer(), QuestionsAndAnswers()] },
            lines: """
                D=localhost:8080/durablePromiseServer; J='content-type: application/json'
                curl $D/peek -H "$J" -d '{ "request": { "promiseName": "prom-1" } }'
                curl $D/resolve -H "$J" -d '{ "request": { "promiseName": "prom-1", "value": { "name": "Barack", "email": "b@whitehouse.gov" } } }'
                curl $D/await -H "$J" -d '{ "request": { "promiseName": "prom-1" } }'
                curl $D/reject -H "$J" -d '{ "request": { "promiseName": "prom-1", "errorMessage": "help!" } }'
                patterns promiseasaservice example 1 prom-2
                """),
        Pattern(
            name: "priorityqueue", group: .coordination,
            purpose: "order waiting work by priority and limit what runs at once",
            services: { [PriorityQueue(), ExpensiveService(workTime: $0.expensiveTime)] },
            lines: """
                curl localhost:8080/myService/expensiveMethod/send -H 'content-type:application/json' -d '{"left": 1, "right": 2, "priority": 1}'
                for i in $(seq 1 30); do curl localhost:8080/myService/expensiveMethod/send -H 'content-type:application/json' -d '{"left": 1, "right": 2, "priority": 2}'; done
                """),
    ]
}
