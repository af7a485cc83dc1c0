/// XXH3 with 64 bits and without a seed, by its specification. A server derives a key's partition
/// from it, and the ids of that key's invocations contain the partition.
enum XXH3 {
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { input in
            secret.withUnsafeBytes { secret in Hash(input: input, secret: secret).value }
        }
    }

    /// The default secret of the specification, as little-endian words.
    private static let secret: [UInt64] =
        ([
            0xBE4B_A423_396C_FEB8, 0x1CAD_21F7_2C81_017C, 0xDB97_9083_E96D_D4DE,
            0x1F67_B3B7_A4A4_4072, 0x78E5_C0CC_4EE6_79CB, 0x2172_FFCC_7DD0_5A82,
            0x8E24_43F7_7446_08B8, 0x4C26_3A81_E690_35E0, 0xCB00_C391_BB52_283C,
            0xA32E_531B_8B65_D088, 0x4EF9_0DA2_9748_6471, 0xD8AC_DEA9_46EF_1938,
            0x3F34_9CE3_3F76_FAA8, 0x1D4F_0BC7_C7BB_DCF9, 0x3159_B4CD_4BE0_518A,
            0x6473_78D9_C97E_9FC8, 0xC3EB_D334_83AC_C5EA, 0xEB63_13FA_FFA0_81C5,
            0x49DA_F0B7_51DD_0D17, 0x9E68_D429_2655_16D3, 0xFCA1_477D_58BE_162B,
            0xCE31_D07A_D1B8_F88F, 0x2804_1695_8F3A_CB45, 0x7E40_4BBB_CAFB_D7AF,
        ] as [UInt64]).map(\.littleEndian)

    fileprivate static let prime32 = (
        first: UInt64(0x9E37_79B1), second: UInt64(0x85EB_CA77), third: UInt64(0xC2B2_AE3D)
    )
    fileprivate static let prime64: [UInt64] = [
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9,
        0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5,
    ]
}

/// The hash of one input. The specification has a formula for each range of lengths.
private struct Hash {
    let input: UnsafeRawBufferPointer
    let secret: UnsafeRawBufferPointer

    private var count: Int { input.count }

    var value: UInt64 {
        switch count {
        case 0: Self.end(word(56) ^ word(64))
        case 1...3: upTo3
        case 4...8: upTo8
        case 9...16: upTo16
        case 17...128: upTo128
        case 129...240: upTo240
        default: long
        }
    }

    // MARK: Short

    private var upTo3: UInt64 {
        let combined =
            UInt32(input[0]) << 16 | UInt32(input[count >> 1]) << 24 | UInt32(input[count - 1])
            | UInt32(count) << 8
        let flip = UInt64(Self.half(secret, 0) ^ Self.half(secret, 4))
        return Self.end(UInt64(combined) ^ flip)
    }

    private var upTo8: UInt64 {
        let flip = word(8) ^ word(16)
        var hash =
            (UInt64(Self.half(input, count - 4)) + UInt64(Self.half(input, 0)) << 32) ^ flip
        hash ^= Self.rotated(hash, 49) ^ Self.rotated(hash, 24)
        hash &*= 0x9FB2_1C65_1E98_DF25
        hash ^= (hash >> 35) &+ UInt64(count)
        hash &*= 0x9FB2_1C65_1E98_DF25
        return hash ^ hash >> 28
    }

    private var upTo16: UInt64 {
        let low = Self.word(input, 0) ^ (word(24) ^ word(32))
        let high = Self.word(input, count - 8) ^ (word(40) ^ word(48))
        return Self.avalanche(
            UInt64(count) &+ low.byteSwapped &+ high &+ Self.folded(low, high))
    }

    // MARK: Middle

    private var upTo128: UInt64 {
        var sum = UInt64(count) &* XXH3.prime64[0]
        for round in 0...(count - 1) / 32 {
            sum &+= mix(16 * round, 32 * round)
            sum &+= mix(count - 16 * (round + 1), 32 * round + 16)
        }
        return Self.avalanche(sum)
    }

    /// The constants 136, 17 and 3 are offsets into the secret that the specification fixes.
    private var upTo240: UInt64 {
        var sum = UInt64(count) &* XXH3.prime64[0]
        for round in 0..<8 { sum &+= mix(16 * round, 16 * round) }
        sum = Self.avalanche(sum) &+ mix(count - 16, 136 - 17)
        for round in 8..<count / 16 { sum &+= mix(16 * round, 16 * (round - 8) + 3) }
        return Self.avalanche(sum)
    }

    /// Mixes 16 bytes of the input with 16 bytes of the secret.
    private func mix(_ place: Int, _ key: Int) -> UInt64 {
        Self.folded(
            Self.word(input, place) ^ word(key), Self.word(input, place + 8) ^ word(key + 8))
    }

    // MARK: Long

    /// Hashes inputs over 240 bytes: eight lanes take in stripes of 64 bytes, and are scrambled
    /// after each block. The last stripe may overlap the one before.
    private var long: UInt64 {
        var lanes = [
            XXH3.prime32.third, XXH3.prime64[0], XXH3.prime64[1], XXH3.prime64[2],
            XXH3.prime64[3], XXH3.prime32.second, XXH3.prime64[4], XXH3.prime32.first,
        ]
        let stripesPerBlock = (secret.count - 64) / 8
        let stripes = (count - 1) / 64
        for stripe in 0..<stripes {
            accumulate(64 * stripe, 8 * (stripe % stripesPerBlock), &lanes)
            if stripe % stripesPerBlock == stripesPerBlock - 1 { scramble(&lanes) }
        }
        accumulate(count - 64, secret.count - 64 - 7, &lanes)
        var result = UInt64(count) &* XXH3.prime64[0]
        for pair in 0..<4 {
            result &+= Self.folded(
                lanes[2 * pair] ^ word(11 + 16 * pair),
                lanes[2 * pair + 1] ^ word(11 + 16 * pair + 8))
        }
        return Self.avalanche(result)
    }

    private func accumulate(_ place: Int, _ key: Int, _ lanes: inout [UInt64]) {
        for lane in 0..<8 {
            let value = Self.word(input, place + 8 * lane)
            let keyed = value ^ word(key + 8 * lane)
            lanes[lane ^ 1] &+= value
            lanes[lane] &+= (keyed & 0xFFFF_FFFF) &* (keyed >> 32)
        }
    }

    private func scramble(_ lanes: inout [UInt64]) {
        for lane in 0..<8 {
            let mixed = lanes[lane] ^ lanes[lane] >> 47 ^ word(secret.count - 64 + 8 * lane)
            lanes[lane] = mixed &* XXH3.prime32.first
        }
    }

    // MARK: Words

    private func word(_ place: Int) -> UInt64 { Self.word(secret, place) }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    private static func half(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
    }

    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }

    /// Multiplies to 128 bits and combines the two halves.
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    private static func avalanche(_ hash: UInt64) -> UInt64 {
        let mixed = (hash ^ hash >> 37) &* 0x1656_6791_9E37_79F9
        return mixed ^ mixed >> 32
    }

    private static func end(_ hash: UInt64) -> UInt64 {
        var hash = (hash ^ hash >> 33) &* XXH3.prime64[1]
        hash = (hash ^ hash >> 29) &* XXH3.prime64[2]
        return hash ^ hash >> 32
    }
}
