import Patterns
import Restate
import RestateTesting
import Testing

/// What the patterns promise beyond what their stories show.
struct PatternTests {
    @Test func `of many who reserve at once one gets the product`() async throws {
        try await withRestate(Endpoint(Product())) { restate in
            let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
                for buyer in 0..<100 {
                    group.addTask {
                        try await restate.object(Product.self, "p")
                            .reserve.idempotencyKey("\(buyer)")()
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 } == 1)
        }
    }

    @Test func `who pays after a reminder gets no further one`() async throws {
        let effects = EffectsInMemory()
        try await withRestate(Endpoint(PaymentTracker(effects))) { restate in
            let tracker = restate.object(PaymentTracker.self, "i")
            let event = StripeEvent("invoice.payment_failed", invoice: "i", customer: "c")
            try await tracker.onPaymentFailed(event)
            try await restate.settle()
            try await tracker.onPaymentSuccess(event)
            try await restate.clock.advance(by: .seconds(86400 * 9))
            #expect(effects.summary == ["mail send reminder i/0"])
            let state = await restate.state(of: PaymentTracker.self, "i").all()
            #expect(state == ["status": #""PAID""#])
        }
    }

    @Test func `a card that fails twice is charged at the third try`() async throws {
        let effects = EffectsInMemory()
        let endpoint = Endpoint(
            BookingWorkflow(effects), FlightsService(effects), CarRentalService(effects))
        try await withRestate(endpoint, TestSettings { $0.retries = .asDeclared }) { restate in
            try await restate.workflow(BookingWorkflow.self, "t").run(
                Trip(
                    flights: FlightRequest(flightId: "1", passengerName: "John"),
                    car: CarRequest(pickupLocation: "Airport", rentalDate: "2024-12-16"),
                    paymentInfo: PaymentInfo(cardNumber: "4000000000000119", amount: 1)))
        }
        #expect(
            effects.steps == [
                "cars confirm", "cars reserve", "flights confirm", "flights reserve",
                "payments charge", "payments fail",
            ])
    }

    @Test func `what comes after a refund is refused`() async throws {
        let effects = EffectsInMemory()
        _ = try await effects.record("payments", "refund", key: "k", body: "")
        let error = try await #require(throws: TerminalError.self) {
            _ = try await effects.record("payments", "charge", key: "k", body: "")
        }
        #expect(error.code == 409)
        #expect(try await effects.record("payments", "refund", key: "k", body: "") == 2)
    }

    @Test func `an account that has too little pays nothing, and may be tried again`() async throws
    {
        try await withRestate(Endpoint(Payments(), Accounts())) { restate in
            let payment = restate.object(Payments.self, "p")
            let much = try await payment.makePayment(
                PaymentRequest(accountId: "a", amount: 100_001))
            #expect(much == "p successful: false")
            let less = try await payment.makePayment(PaymentRequest(accountId: "a", amount: 100))
            #expect(less == "p successful: true")
            try await restate.clock.advance(by: .seconds(3601))
            #expect(await restate.state(of: Payments.self, "p").all().isEmpty)
        }
    }

    @Test(arguments: [
        (0, "greater than 0: amount = 0"), (-5, "greater than 0: amount = -5"),
        (-0.5, "greater than 0: amount = -0.5"), (1.5, "in whole cents: amount = 1.5"),
        (1e300, "9007199254740992 at most: amount = 1e+300"),
    ])
    func `an amount that cannot be paid is refused, and told why`(
        amount: Double, why: String
    ) async throws {
        try await withRestate(Endpoint(Payments(), Accounts())) { restate in
            let error = try await #require(throws: TerminalError.self) {
                _ = try await restate.object(Payments.self, "p").makePayment(
                    PaymentRequest(accountId: "a", amount: amount))
            }
            #expect(error == TerminalError("Amount must be \(why)", code: 400))
        }
    }

    @Test func `at most ten are let in, and the lowest number is next`() async throws {
        try await withRestate(Endpoint(PriorityQueue(), Patient())) { restate in
            for number in 0..<12 {
                _ = try await restate.service(Patient.self).wait.send(20 - number)
                try await restate.settle()
            }
            let queue = restate.object(PriorityQueue.self, "q")
            let before = await restate.state(of: PriorityQueue.self, "q").all()
            #expect(before["inFlight"] == "10")
            try await queue.done()
            let after = await restate.state(of: PriorityQueue.self, "q").all()
            #expect(after["inFlight"] == "10")
            // Those of 10 and 9 were waiting, and 9 comes first.
            #expect(after["items"]?.contains(#""priority":10"#) == true)
        }
    }

    @Test func `a promise that is rejected throws its text, and a disposed one says so`()
        async throws
    {
        let endpoint = Endpoint(
            DurablePromises(), DurablePromiseServer(), QuestionsAndAnswers())
        try await withRestate(endpoint) { restate in
            let qna = restate.service(QuestionsAndAnswers.self)
            let server = restate.service(DurablePromiseServer.self)
            let asked = try await qna.ask.send("why")
            try await qna.answer(.init(questionId: "why", answer: "because"))
            #expect(try await asked.attach().answer == "because")

            _ = try await server.reject(PromiseCall("no", errorMessage: "help!"))
            let rejected = try await #require(throws: TerminalError.self) {
                _ = try await qna.ask("no")
            }
            #expect(rejected.message == "help!")

            let waiter = try await server.await.send(PromiseCall("gone"))
            try await restate.settle()
            try await server.dispose(PromiseCall("gone"))
            let disposed = try await #require(throws: TerminalError.self) {
                _ = try await waiter.attach()
            }
            #expect(disposed.message == "promise was disposed")
        }
    }

    @Test func `an upload that is cancelled ends those who wait for its link`() async throws {
        let effects = EffectsInMemory()
        try await withRestate(Endpoint(DataUploader(effects, buckets: "b"))) { restate in
            restate.replace("upload") { () throws -> String in
                throw TerminalError("the disk is full")
            }
            let uploader = restate.workflow(DataUploader.self, "u")
            let mail = try await uploader.resultAsEmail.send(.init(email: "a@example.com"))
            await #expect(throws: TerminalError.self) { _ = try await uploader.run() }
            let error = try await #require(throws: TerminalError.self) {
                try await mail.attach()
            }
            #expect(error.message == "the disk is full")
        }
    }

    @Test func `an absent value is null`() async throws {
        try await withRestate(Endpoint(PackageTracker())) { restate in
            let bytes = try await restate.call(
                service: "package-tracker", key: "p", handler: "getPackageInfo")([])
            #expect(String(decoding: bytes, as: UTF8.self) == "null")
        }
    }

    @Test func `null and no bytes are read as an absent value`() async throws {
        try await withRestate(Endpoint(Passing())) { restate in
            for body in ["", "null"] {
                let bytes = try await restate.call(service: "Passing", handler: "isAbsent")(
                    Array(body.utf8))
                #expect(String(decoding: bytes, as: UTF8.self) == "true")
            }
            let some = try await restate.service(Passing.self).isAbsent(Nullable(1))
            #expect(!some)
        }
    }
}

/// Looks at what it gets.
private struct Passing: Service {
    func isAbsent(_ ctx: Context, number: Nullable<Int>) async throws -> Bool {
        number.value == nil
    }

    struct API: HandlerTable {
        let isAbsent = handler(Passing.isAbsent)
    }
}

/// Waits in a queue, and keeps its slot.
private struct Patient: Service {
    func wait(_ ctx: Context, priority: Int) async throws {
        let slot = ctx.awakeable(Bool.self)
        ctx.object(PriorityQueue.self, "q").push.send(
            QueueItem(awakeable: slot.id, priority: priority))
        _ = try await slot.value
        try await ctx.sleep(.seconds(86400 * 365))
    }

    struct API: HandlerTable {
        let wait = handler(Patient.wait)
    }
}
