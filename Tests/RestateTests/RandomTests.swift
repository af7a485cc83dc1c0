import Foundation
import Restate
import RestateProtocol
import Testing

/// What other implementations of the same generator give.
struct KnownRandom: Sendable, CustomTestStringConvertible {
    var seed: UInt64
    var numbers: [UInt64]
    var doubles: [Double]
    var uuid: String
    var testDescription: String { "seed \(seed)" }

    static let all = [
        KnownRandom(
            seed: 0,
            numbers: [0x5317_5d61_490b_23df, 0x61da_6f3d_c380_d507, 0x5c0f_df91_ec9a_7bfc],
            doubles: [0.7301489283209966, 0.8260792559073317],
            uuid: "df230b49-615d-4753-87d5-80c33d6fda61"),
        KnownRandom(
            seed: 1,
            numbers: [0xcfc5_d07f_6f03_c29b, 0xbf42_4132_963f_e08d, 0x19a3_7d57_57aa_f520],
            doubles: [0.18170139010006225, 0.07045869203194999],
            uuid: "9bc2036f-7fd0-45cf-8de0-3f96324142bf"),
        KnownRandom(
            seed: 12345,
            numbers: [0x8d94_8a82_def8_a568, 0x3477_f953_7967_02a0, 0x15ca_a2fc_e6db_8d69],
            doubles: [0.6419081072719282, 0.7491853114261922],
            uuid: "68a5f8de-828a-448d-a002-677953f97734"),
        KnownRandom(
            seed: .max,
            numbers: [0x56cc_f8ce_948e_27b2, 0xe685_8843_2e5a_5b90, 0xe3e9_b5a4_8119_ca8b],
            doubles: [0.4053719426603861, 0.17288359692871502],
            uuid: "b2278e94-cef8-4c56-905b-5a2e438885e6"),
    ]
}

@Suite(.timeLimit(.minutes(10)))
struct RandomTests {
    @Test(arguments: KnownRandom.all)
    func `a seed gives the known numbers`(_ known: KnownRandom) {
        var random = DeterministicRandom(seed: known.seed)
        #expect(known.numbers.map { _ in random.next() } == known.numbers)
        random = DeterministicRandom(seed: known.seed)
        #expect(known.doubles.map { _ in random.double() } == known.doubles)
        random = DeterministicRandom(seed: known.seed)
        #expect(random.uuid() == UUID(uuidString: known.uuid))
        random = DeterministicRandom(seed: known.seed)
        #expect(random.uuidString() == known.uuid.uppercased())
        #expect(random.next() == known.numbers[2])
    }

    @Test func `a handler draws from the invocation's seed, in all attempts alike`() async throws {
        var journal = Journal()
        journal.start.randomSeed = 12345
        // The UUID takes two numbers.
        let third: UInt64 = 0x15ca_a2fc_e6db_8d69
        for _ in 0..<2 {
            let lines = try await lines(journal) { ctx in
                [ctx.uuid().uuidString.lowercased(), "\(ctx.random.next())"]
            }
            #expect(
                lines == [
                    #"Output ["68a5f8de-828a-448d-a002-677953f97734","\#(third)"]"#,
                    "End",
                ])
        }
    }

    @Test func `with protocol 5 the seed follows from the invocation's id`() async throws {
        var journal = Journal()
        journal.version = .v5
        journal.start.id = Bytes("123".utf8)
        var expected = DeterministicRandom(seed: 11_990_170_285_644_066_717)
        let number = expected.next()
        let lines = try await lines(journal) { ctx in "\(ctx.random.next())" }
        #expect(lines == [#"Output "\#(number)""#, "End"])
    }
}
