internal import Nexus
internal import Restate
internal import RestateClient

/// Books one random seat after the other, as long as the plan says, and at least one.
struct VirtualUser {
    let number: Int
    let plan: LoadPlan
    let client: RestateClient
    /// Distinguishes this test from all others at the same server.
    let run: String

    func act(from start: ContinuousClock.Instant, _ record: LoadRecord) async {
        let clock = ContinuousClock()
        let (arrival, departure) = (
            plan.arrivals.arrival(number), plan.arrivals.departure(number)
        )
        try? await Task.sleep(until: start + arrival, clock: clock)
        var dice = LoadDice(seed: plan.seed, user: number)
        var count = 0
        repeat {
            count += 1
            let seat = "seat-\(Int.random(in: 1...plan.seats, using: &dice))"
            let card = plan.mix.card(&dice)
            let began = clock.now
            let result = await book(seat, card, key: "load-\(run)-\(number)-\(count)")
            await record.add(
                LoadSample(
                    seat: seat, began: (began - start).inSeconds,
                    ended: (clock.now - start).inSeconds,
                    answer: LoadAnswer(
                        result, card: card, gatewayMayBeDown: plan.gatewayMayBeDown)))
        } while clock.now < start + departure && !Task.isCancelled
    }

    /// The key makes it one booking, however often the client has to ask because the connection was lost.
    private func book(
        _ seat: String, _ card: PaymentCard, key: String
    ) async -> Result<String, any Error> {
        do {
            let process = client.service(Checkout.self).process.idempotencyKey(key)
            let order = OrderInput(ticketID: seat, userID: "user-\(run)-\(number)", card: card)
            return .success(try await process(order))
        } catch {
            return .failure(error)
        }
    }
}
