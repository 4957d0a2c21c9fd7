import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { keyOf } from "../../../src/domain/url.ts";

/** Addresses of one video each; the last is its key. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  YouTube: [
    "https://youtu.be/dQw4w9WgXcQ",
    "https://youtu.be/dQw4w9WgXcQ?si=abc&t=42",
    "http://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/watch?t=5s&v=dQw4w9WgXcQ#comments",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ&list=PL123&index=4",
    "https://m.youtube.com/watch?v=dQw4w9WgXcQ&pp=x",
    "https://music.youtube.com/watch?v=dQw4w9WgXcQ",
    "https://www.youtube.com/shorts/dQw4w9WgXcQ",
    "https://youtube.com/live/dQw4w9WgXcQ?feature=share",
    "https://www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1",
    "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
    "https://www.youtube.com/v/dQw4w9WgXcQ",
    "youtube.com/watch?v=dQw4w9WgXcQ",
  ],
  "a list of YouTube": [
    "https://www.youtube.com/playlist?list=PL_12-3",
    "https://m.youtube.com/playlist?list=PL_12-3&si=x",
    "https://www.youtube.com/embed/videoseries?list=PL_12-3",
    "youtube.com/playlist?list=PL_12-3",
  ],
  VK: [
    "https://vk.com/video-1_2",
    "https://m.vk.com/video-1_2?t=5",
    "https://vk.ru/video-1_2",
    "https://vkvideo.ru/video-1_2",
    "https://m.vkvideo.ru/video-1_2?list=abcdef",
    "https://vkvideo.ru/playlist/-7_8/video-1_2",
    "https://vk.com/clip-1_2",
    "https://vk.com/clips-1?z=clip-1_2",
    "https://vk.com/videos-1?z=video-1_2%2Fclub1%2Fpl_-1_-2",
    "https://vk.com/wall-1_99?z=video-1_2/abc",
    "https://vk.com/video_ext.php?oid=-1&id=2",
    "vk.com/video-1_2",
  ],
  RuTube: [
    "https://rutube.ru/video/0123456789abcdef0123456789abcdef",
    "https://rutube.ru/video/0123456789abcdef0123456789abcdef/?t=30",
    "https://m.rutube.ru/video/0123456789abcdef0123456789abcdef/",
    "https://rutube.ru/shorts/0123456789abcdef0123456789abcdef/",
    "https://rutube.ru/play/embed/0123456789abcdef0123456789abcdef",
    "rutube.ru/video/0123456789abcdef0123456789abcdef/",
  ],
  TikTok: [
    "https://www.tiktok.com/@somebody/video/7234567890123456789?lang=ru&is_from_webapp=1",
    "https://www.tiktok.com/@_/video/7234567890123456789",
    "https://m.tiktok.com/v/7234567890123456789.html?u_code=1",
    "https://www.tiktok.com/embed/v2/7234567890123456789",
    "https://www.tiktok.com/player/v1/7234567890123456789",
    "tiktok.com/video/7234567890123456789",
  ],
  OK: ["https://ok.ru/video/123", "https://m.ok.ru/video/123?x=1", "https://ok.ru/videoembed/123", "ok.ru/video/123"],
  Dzen: [
    "https://dzen.ru/video/watch/64aabb?share_to=link",
    "https://zen.yandex.ru/video/watch/64aabb",
    "dzen.ru/video/watch/64aabb",
  ],
  Vimeo: [
    "https://vimeo.com/123456",
    "https://vimeo.com/123456#t=5s",
    "https://player.vimeo.com/video/123456?title=0",
    "https://vimeo.com/channels/staffpicks/123456",
    "https://vimeo.com/groups/name/videos/123456",
    "vimeo.com/123456",
  ],
  "Vimeo, not listed": [
    "https://vimeo.com/123456/0a1b2c",
    "https://player.vimeo.com/video/123456?h=0a1b2c&x=1",
    "vimeo.com/123456/0a1b2c",
  ],
  Dailymotion: [
    "https://www.dailymotion.com/video/x8abcd_some-title_tech",
    "https://dai.ly/x8abcd",
    "https://www.dailymotion.com/embed/video/x8abcd",
    "dailymotion.com/video/x8abcd",
  ],
  "a recording of Twitch": [
    "https://www.twitch.tv/videos/123?t=1h",
    "https://m.twitch.tv/videos/123",
    "https://player.twitch.tv/?video=v123&parent=x",
    "https://www.twitch.tv/somebody/v/123",
    "twitch.tv/videos/123",
  ],
  "a clip of Twitch": [
    "https://clips.twitch.tv/FunnyClip-ab_1",
    "https://www.twitch.tv/somebody/clip/FunnyClip-ab_1?filter=clips",
    "https://m.twitch.tv/clip/FunnyClip-ab_1",
    "https://clips.twitch.tv/embed?clip=FunnyClip-ab_1",
    "clips.twitch.tv/FunnyClip-ab_1",
  ],
  Instagram: [
    "https://www.instagram.com/reel/Cabc_-1/?igsh=x",
    "https://www.instagram.com/reels/Cabc_-1",
    "https://instagram.com/tv/Cabc_-1/",
    "https://www.instagram.com/some.body/p/Cabc_-1/embed/captioned/",
    "instagram.com/p/Cabc_-1",
  ],
  X: [
    "https://twitter.com/somebody/status/123?s=20",
    "https://mobile.twitter.com/somebody/status/123/photo/1",
    "https://x.com/i/web/status/123",
    "https://x.com/somebody/status/123/video/1",
    "x.com/i/status/123",
  ],
  Facebook: [
    "https://www.facebook.com/watch?v=123&ref=x",
    "https://m.facebook.com/watch/?v=123",
    "https://web.facebook.com/some.body/videos/123/",
    "https://www.facebook.com/somebody/videos/a-title/123",
    "https://www.facebook.com/reel/123",
    "facebook.com/watch/?v=123",
  ],
  Bilibili: [
    "https://www.bilibili.com/video/BV1xx?p=1&vd_source=x",
    "https://m.bilibili.com/video/BV1xx",
    "bilibili.com/video/BV1xx/",
  ],
};

/** Each is a different link, and none is another spelling of one above. */
const DIFFERENT = `
  https://www.youtube.com/watch?v=dQw4w9WgXcR https://www.youtube.com/@somebody https://www.youtube.com/watch
  https://www.youtube.com/watch?list=PL_12-3 https://www.youtube.com/embed/live_stream?channel=x
  https://www.youtube.com/shorts https://youtu.be/ https://youtu.be/a/b https://youtube.com:8443/watch?v=dQw4w9WgXcQ
  https://youtube.example/watch?v=dQw4w9WgXcQ https://notyoutube.com/watch?v=dQw4w9WgXcQ
  https://vk.com/video-1_3 https://vk.com/video-1 https://vk.com/videos-1 https://vk.com/wall-1_2 https://vk.com/photo-1_2
  https://vk.com/video-1_2?list=ln-secret https://vk.com/video_ext.php?oid=-1&id=2&hash=secret
  https://rutube.ru/video/person/42/ https://rutube.ru/video/private/0123456789abcdef0123456789abcdef/?p=secret
  https://vm.tiktok.com/ZMabc/ https://vt.tiktok.com/ZMabc/ https://www.tiktok.com/@somebody
  https://vimeo.com/somebody https://vimeo.com/channels/staffpicks https://dai.ly/ https://www.twitch.tv/somebody
  https://www.instagram.com/reels/audio/123/ https://www.instagram.com/somebody/
  https://x.com/somebody/status/123/video/2 https://x.com/somebody https://fb.watch/abc/ https://www.facebook.com/somebody
  https://www.bilibili.com/video/BV1xx?p=2`
  .trim()
  .split(/\s+/);

describe("keyOf() of a video", () => {
  test.each(Object.entries(SAME))("is the same for all spellings: %s", (_, spellings) => {
    const key = spellings.at(-1) ?? "";
    expect(new Set(spellings.slice(0, -1).map(keyOf))).toEqual(new Set([key]));
  });

  test("is its own key", () => {
    for (const spellings of Object.values(SAME)) {
      const key = spellings.at(-1) ?? "";
      expect(keyOf(`https://${key}`)).toBe(key);
    }
  });

  test("differs for addresses that may be other videos, and for those with an access key", () => {
    const known = new Set(Object.values(SAME).map((spellings) => spellings.at(-1)));
    const keys = DIFFERENT.map(keyOf);
    expect(new Set(keys).size).toBe(DIFFERENT.length);
    expect(keys.filter((key) => known.has(key))).toEqual([]);
  });

  test("does not guess about other sites", () => {
    expect(keyOf("https://video.example/watch?v=1&t=5")).toBe("video.example/watch?v=1&t=5");
    expect(keyOf("https://m.video.example/shorts/1")).toBe("m.video.example/shorts/1");
  });

  test("respects the case of ids", () => {
    expect(keyOf("https://youtu.be/ABC")).not.toBe(keyOf("https://youtu.be/abc"));
  });

  test("never throws and is its own key, for any address of a known site", () => {
    const host = fc.constantFrom(
      "youtube.com",
      "vk.com",
      "rutube.ru",
      "vimeo.com",
      "clips.twitch.tv",
      "x.com",
      "facebook.com",
    );
    const part = fc.constantFrom(
      "watch",
      "video",
      "video-1_2",
      "embed",
      "status",
      "1",
      "v=1",
      "?v=1",
      "?z=video1_1",
      "clip",
      "#",
    );
    fc.assert(
      fc.property(host, fc.array(fc.oneof(part, fc.webPath())), (name, parts) => {
        const key = keyOf(`https://${name}/${parts.join("/")}`);
        expect(keyOf(`https://${key}`)).toBe(key);
      }),
    );
  });
});
