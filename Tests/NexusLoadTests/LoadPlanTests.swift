import Nexus
import NexusLoad
import Testing

@Suite struct LoadPlanTests {
    @Test func `the same seed throws the same dice for a user, and other ones for another`() {
        let throwsOfDice = { (seed: UInt64, user: Int) in
            var dice = LoadDice(seed: seed, user: user)
            return (0..<20).map { _ in dice.next() }
        }
        #expect(throwsOfDice(7, 3) == throwsOfDice(7, 3))
        #expect(throwsOfDice(7, 3) != throwsOfDice(7, 4))
        #expect(throwsOfDice(7, 3) != throwsOfDice(8, 3))
        #expect(throwsOfDice(7, 3).dropFirst() != throwsOfDice(7, 4).dropLast())
    }

    @Test func `a mix gives each card its share`() throws {
        let mix = try #require(CardMix("80,10,10"))
        var dice = LoadDice(seed: 1, user: 0)
        var counts: [PaymentCard: Int] = [:]
        for _ in 0..<10_000 { counts[mix.card(&dice), default: 0] += 1 }
        #expect((7700...8300).contains(counts[.success] ?? 0))
        #expect((800...1200).contains(counts[.decline] ?? 0))
        #expect((800...1200).contains(counts[.error] ?? 0))
        #expect(mix == .standard)
        #expect(mix.description == "80,10,10")
    }

    @Test func `a card without a share is never used`() throws {
        let mix = try #require(CardMix("0,0,100"))
        var dice = LoadDice(seed: 1, user: 0)
        for _ in 0..<100 { #expect(mix.card(&dice) == .error) }
    }

    @Test(arguments: [
        "", "80", "80,20", "80,10,10,0", "0,0,0", "-1,1,100", "a,b,c", "50,,50", "98.5,1,0.5",
        "50,50,50", "80,10,9",
    ])
    func `what is no mix is none`(text: String) {
        #expect(CardMix(text) == nil)
    }

    @Test func `users come one after the other and go likewise`() {
        let ramp = LoadRamp(users: 4, duration: .seconds(20), ramp: .seconds(4))
        #expect((0..<4).map(ramp.arrival) == [.zero, .seconds(1), .seconds(2), .seconds(3)])
        #expect(
            (0..<4).map(ramp.departure)
                == [.seconds(17), .seconds(18), .seconds(19), .seconds(20)])
        #expect(ramp.present(at: .zero) == 1)
        #expect(ramp.present(at: .seconds(3)) == 4)
        #expect(ramp.present(at: .seconds(18)) == 2)
        #expect(ramp.present(at: .seconds(20)) == 0)
    }

    @Test func `without a ramp all are there from the start to the end`() {
        let ramp = LoadRamp(users: 3, duration: .seconds(5), ramp: .zero)
        #expect(ramp.present(at: .zero) == 3)
        #expect((0..<3).allSatisfy { ramp.departure($0) == .seconds(5) })
    }

    @Test func `a ramp longer than half of the test is cut to it`() {
        let ramp = LoadRamp(users: 10, duration: .seconds(2), ramp: .seconds(9))
        #expect(ramp.ramp == .seconds(1))
        #expect((0..<10).allSatisfy { ramp.arrival($0) < ramp.departure($0) })
    }

    @Test func `kills take turns until the end`() {
        let kills = KillPlan([.endpoint, .gateway], every: .seconds(5)).kills(within: .seconds(20))
        #expect(kills.map(\.part) == [.endpoint, .gateway, .endpoint])
        #expect(kills.map(\.moment) == [.seconds(5), .seconds(10), .seconds(15)])
        #expect(KillPlan([.runtime], every: .seconds(5)).kills(within: .seconds(5)).isEmpty)
    }
}
