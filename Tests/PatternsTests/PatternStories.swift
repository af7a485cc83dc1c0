import Patterns
import Restate
import RestateTesting

/// What each pattern promises, to be performed with crashes and cancellations.
enum PatternStories {
    static let all = [
        reservation, queuedTask, webhook, reminders, refusedTrip, trip, machine, payments, subtasks,
        post, package, promise, queueSlots, upload, delayedPayment, declinedPayment,
    ]
    /// Those in which handlers that other handlers have sent are cancelled, too.
    static let withCallees: Set = [reminders.name, webhook.name, subtasks.name]

    private static func invoice(_ type: String, id: String? = nil) -> StripeEvent {
        StripeEvent(id: id, type, invoice: "i1", customer: "c1")
    }

    private static let reservation = Story("durablerpc: a product is reserved once") {
        Scene(quiet(Product())) { restate in
            let product = restate.object(Product.self, "p")
            let first = try await product.reserve.idempotencyKey("r1")()
            let second = try await product.reserve.idempotencyKey("r2")()
            return [first, second, try await product.reserve.idempotencyKey("r1")()]
        } whenCancelled: { restate in
            // Reserved or not, the next two cannot both get it.
            let product = restate.object(Product.self, "p")
            let third = try await product.reserve.idempotencyKey("r3")()
            let fourth = try await product.reserve.idempotencyKey("r4")()
            try Story.demand(!fourth, "reserved twice: \(third), \(fourth)")
        }
    }

    private static let queuedTask = Story("queue: a task that is sent twice runs once") {
        Scene(quiet(AsyncTaskWorker(workTime: .zero))) { restate in
            let options = AsyncTaskWorker.TaskOptions(id: "t1", task: "count")
            let worker = restate.service(AsyncTaskWorker.self).runTask.idempotencyKey("t1")
            let first = try await worker.send(options, after: .seconds(10))
            let second = try await worker.send(options)
            let isSame = first.id == second.id
            return [try await first.attach(), try await worker.attach(), "\(isSame)"]
        } whenCancelled: { restate in
            let worker = restate.service(AsyncTaskWorker.self).runTask.idempotencyKey("t1")
            do {
                let result = try await worker.attach()
                try Story.demand(result == "Work!", "it gives \(result)")
            } catch let error as TerminalError {
                try Story.demand(error.code == 409, "it ends with \(error)")
            }
        }
    }

    private static let webhook = Story("webhookcallbacks: an event that comes twice counts once") {
        let effects = EffectsInMemory()
        return Scene(quiet(WebhookCallbackRouter(), PaymentTracker(effects))) { restate in
            let router = restate.service(WebhookCallbackRouter.self)
            try await router.onStripeEvent(invoice("invoice.payment_failed", id: "e1"))
            try await router.onStripeEvent(invoice("invoice.payment_failed", id: "e1"))
            try await router.onStripeEvent(invoice("invoice.created", id: "e2"))
            try await router.onStripeEvent(invoice("invoice.payment_succeeded", id: "e3"))
            try await restate.settle()
            return effects.summary
        } whenCancelled: { restate in
            try await demandFewMails(effects, restate)
        }
    }

    private static let reminders = Story(
        "schedulingtasks: three mails and one escalation, however often it fails"
    ) {
        let effects = EffectsInMemory()
        return Scene(quiet(PaymentTracker(effects))) { restate in
            let tracker = restate.object(PaymentTracker.self, "i1")
            try await tracker.onPaymentFailed(invoice("invoice.payment_failed"))
            try await tracker.onPaymentFailed(invoice("invoice.payment_failed"))
            try await restate.clock.advance(by: .seconds(86400 * 4))
            return effects.summary
        } whenCancelled: { restate in
            try await demandFewMails(effects, restate)
        }
    }

    /// A cancelled reminder is the last one: none is left out before, and none comes twice.
    private static func demandFewMails(
        _ effects: EffectsInMemory, _ restate: TestEnvironment
    ) async throws {
        try await restate.clock.advance(by: .seconds(86400 * 9))
        let mails = effects.effects.filter { $0.subject == "mail" }.map(\.key)
        let expected = ["i1/0", "i1/1", "i1/2"].prefix(mails.count)
        try Story.demand(mails.elementsEqual(expected), "mails \(mails)")
        let escalations = effects.effects.count { $0.subject == "support" }
        try Story.demand(escalations <= (mails.count == 3 ? 1 : 0), "escalated: \(effects.summary)")
    }

    private static let refusedTrip = Story(
        "sagas: a refused card leaves no reservation",
        sagas(
            card: "4111111111111111"))
    private static let trip = Story("sagas: a trip is booked and charged once", sagas(card: "42"))

    private static func sagas(card: String) -> @Sendable () -> Scene {
        {
            let effects = EffectsInMemory()
            let endpoint = quiet(
                BookingWorkflow(effects), FlightsService(effects), CarRentalService(effects))
            return Scene(endpoint) { restate in
                var answer = "booked"
                do {
                    try await restate.workflow(BookingWorkflow.self, "trip").run(
                        Trip(
                            flights: FlightRequest(flightId: "1", passengerName: "John"),
                            car: CarRequest(pickupLocation: "Airport", rentalDate: "2024-12-16"),
                            paymentInfo: PaymentInfo(cardNumber: card, amount: 1500)))
                } catch let error as TerminalError {
                    answer = error.message
                }
                try await restate.settle()
                return [answer] + effects.steps
            } whenCancelled: { restate in
                try await restate.settle()
                try effects.demandAllOrNothing()
            }
        }
    }

    private static let machine = Story("statefulactors: one transition at a time") {
        Scene(quiet(MachineOperator())) { restate in
            let machine = restate.object(MachineOperator.self, "m")
            let first = try await machine.setUp()
            let second = try await machine.setUp()
            let third = try await machine.tearDown()
            return [first, second, third, try await machine.tearDown()]
        } whenCancelled: { restate in
            // It is up or down, and goes on from there.
            let answer = try await restate.object(MachineOperator.self, "m").setUp()
            let known = ["m is now up", "m is already up, so nothing to do"]
            try Story.demand(known.contains(answer), answer)
        }
    }

    private static let payments = Story("statemachinepayments: paid once, and paid back") {
        Scene(quiet(Payments(), Accounts())) { restate in
            let payment = restate.object(Payments.self, "p1")
            let request = PaymentRequest(accountId: "a", amount: 100)
            let answers = [
                try await payment.makePayment(request), try await payment.makePayment(request),
            ]
            try await payment.cancelPayment()
            try await payment.cancelPayment()
            try await restate.settle()
            let late = try await payment.makePayment(request)
            // All is back: the account can pay what it had, and not a cent more.
            let accounts = restate.object(Accounts.self, "a")
            let all = try await accounts.withdraw(100_000)
            let more = try await accounts.withdraw(1)
            return answers + [late, "\(all.success)", more.reason ?? ""]
        } whenCancelled: { restate in
            try await restate.object(Payments.self, "p1").cancelPayment()
            try await restate.settle()
            let state = await restate.state(of: Accounts.self, "a").all()
            // The story itself takes all at its end.
            let isWhole = ["100000", "0", nil].contains(state["balance"])
            try Story.demand(isWhole, "a payment is lost: \(state)")
        }
    }

    private static let subtasks = Story("parallelizework: results are in the subtasks' order") {
        Scene(quiet(TaskSplitter())) { restate in
            try await restate.service(TaskSplitter.self).run(.init("shopping, cooking,,washing up"))
        } whenCancelled: { restate in
            let again = try await restate.service(TaskSplitter.self).run(.init("a,b"))
            try Story.demand(again.description == "a: DONE,b: DONE", again.description)
        }
    }

    private static let post = Story("eventtransactions: a post is created and shown once") {
        let effects = EffectsInMemory()
        return Scene(quiet(UserFeed(effects))) { restate in
            let feed = restate.object(UserFeed.self, "u1")
            try await feed.processPost(.init(content: "Hi", metadata: "public"))
            return effects.steps
        } whenCancelled: { _ in
            try Story.demand(
                effects.steps.filter { $0 == "feed update feed" }.count <= 1, "shown twice")
        }
    }

    private static let package = Story("eventenrichment: each event is in the history once") {
        Scene(quiet(PackageTracker())) { restate in
            let package = restate.object(PackageTracker.self, "p")
            let unknown = try await package.getPackageInfo()
            try await package.registerPackage(.init(finalDestination: "Amsterdam"))
            try await package.updateLocation(.init(timestamp: "1", location: "Paris"))
            try await package.updateLocation(.init(timestamp: "2", location: "Brussels"))
            try await package.registerPackage(
                .init(
                    finalDestination: "Berlin",
                    locations: [.init(timestamp: "0", location: "Rome")]))
            return [unknown, try await package.getPackageInfo()]
        } whenCancelled: { restate in
            let package = restate.object(PackageTracker.self, "p")
            let places = try await package.getPackageInfo().value?.locations ?? []
            let once = Set(places.map(\.timestamp)).count == places.count
            try Story.demand(once, "an event is in the history twice: \(places)")
        }
    }

    private static let promise = Story("promiseasaservice: the first completion wins") {
        Scene(
            quiet(DurablePromises(), DurablePromiseServer(), QuestionsAndAnswers())
        ) { restate in
            let server = restate.service(DurablePromiseServer.self)
            let open = try await server.peek(PromiseCall("p"))
            let waiter = try await server.await.idempotencyKey("w").send(PromiseCall("p"))
            try await restate.settle()
            let first = try await server.resolve(PromiseCall("p", value: .integer(1)))
            let second = try await server.reject(PromiseCall("p", errorMessage: "help"))
            let early = try await waiter.attach()
            let late = try await server.await(PromiseCall("p"))
            return [open] + [first, second, early, late].map { Nullable($0) }
        } whenCancelled: { restate in
            try await restate.settle()
            let listeners = await restate.state(of: DurablePromises.self, "p").all()["listeners"]
            let waits = await isWaiting(restate)
            try Story.demand(
                waits || listeners == nil || listeners == "[]", "somebody still listens")
        }
    }

    /// Whether the waiter of the story has no answer: the resolver may be what was cancelled.
    private static func isWaiting(_ restate: TestEnvironment) async -> Bool {
        let waiter = restate.service(DurablePromiseServer.self).await.idempotencyKey("w")
        do {
            return try await waiter.output() == nil
        } catch {
            return false
        }
    }

    private static let queueSlots = Story("priorityqueue: each slot is given back") {
        Scene(
            quiet(PriorityQueue(), ExpensiveService(workTime: .zero))
        ) { restate in
            let service = restate.service(ExpensiveService.self)
            let sum = try await service.expensiveMethod(.init(left: 1, right: 2))
            try await restate.settle()
            return [sum]
        } whenCancelled: { restate in
            try await restate.settle()
            let state = await restate.state(
                of: PriorityQueue.self, "myService/expensiveMethod"
            ).all()
            try Story.demand(state["inFlight"] ?? "0" == "0", "a slot is lost: \(state)")
            try Story.demand(state["items"] ?? "[]" == "[]", "somebody waits: \(state)")
        }
    }

    private static let upload = Story("syncasync: the link is answered and sent once") {
        let effects = EffectsInMemory()
        return Scene(quiet(DataUploader(effects, buckets: "http://parts/buckets"))) { restate in
            // With a name that is not drawn: protocol 5 has other random numbers.
            restate.replace("upload") {
                _ = try await effects.record("buckets", "upload", key: "b", body: "")
                return "http://parts/buckets/b"
            }
            let uploader = restate.workflow(DataUploader.self, "u")
            let early = try await uploader.resultAsEmail.send(.init(email: "a@example.com"))
            let url = try await uploader.run()
            try await early.attach()
            try await uploader.resultAsEmail(.init(email: "b@example.com"))
            return ["\(url.hasPrefix("http://parts/buckets/"))"] + effects.steps
        } whenCancelled: { restate in
            // Whoever asks for the result gets an answer, and waits for nothing.
            try await restate.settle()
            do {
                let url = try await restate.workflow(DataUploader.self, "u").run.output()
                try Story.demand(url != nil, "the run goes on")
            } catch is TerminalError {}
        }
    }
}

/// Without a log: what handlers say in a thousand performances helps nobody.
func quiet(_ services: any RestateService...) -> Endpoint {
    Endpoint(services).logger(SilentLogger())
}
