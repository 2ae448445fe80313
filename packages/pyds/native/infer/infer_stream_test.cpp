#include "infer/infer_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>

#include "gstnvdsmeta.h"
#include "meta/test_batch.h"

namespace pyds {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr unsigned kBrightnesses = 64;

// Whoever runs waits while the gate is shut.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool open = true;

  void set_open(bool value) {
    const std::lock_guard lock(mutex);
    open = value;
    changed.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open; });
  }
};

// Classifies pictures by their brightness: class n for brightness 4 n.
class BrightnessEngine : public Engine {
 public:
  explicit BrightnessEngine(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  std::string metadata(const std::string&) const override { return {}; }
  std::unique_ptr<Engine> new_session() override {
    return std::make_unique<BrightnessEngine>(*this);
  }
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) override {
    gate_->pass();
    if (random_() % 3 == 0) std::this_thread::yield();
    const int64_t count = inputs.at(0).shape[0];
    auto scores = std::make_shared<std::vector<float>>(size_t(count * kBrightnesses), 0.0f);
    const auto* pixels = static_cast<const float*>(inputs[0].data);
    for (int64_t i = 0; i < count; ++i)
      (*scores)[size_t(i * kBrightnesses + std::lround(pixels[i * 16] / 4))] = 1.0f;
    return {{FLOAT, {count, kBrightnesses}, scores->data(), scores}};
  }

 private:
  std::shared_ptr<Gate> gate_;
  std::minstd_rand random_;
  std::vector<TensorSpec> inputs_ = {{"picture", FLOAT, {kDynamic, 1, 4, 4}}};
  std::vector<TensorSpec> outputs_ = {{"scores", FLOAT, {kDynamic, kBrightnesses}}};
};

// A secondary classifier at work on frames whose brightness tells which they are.
class InferStreamTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  InferStreamTest() {
    register_engine("brightness", [this](const std::string&) {
      return std::make_unique<BrightnessEngine>(gate_);
    });
    config_.engine = "brightness";
    config_.onnx_file = "none.onnx";
    config_.network_type_key = NetworkType::kClassifier;
    config_.process_mode = ProcessMode::kSecondary;
    config_.batch_size = 2;
    config_.workers = 3;
    config_.secondary_reinfer_interval = 1;
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_RGBA, 16, 16);
    pool_ = BlockPool::create(info);
  }
  ~InferStreamTest() override { gate_->set_open(true); }

  void start() {
    model_ = load_model(config_);
    stream_ = std::make_unique<InferStream>(
        *model_, interval_, [this](const std::string& text) { warnings_.push_back(text); });
    stream_->queue().set_flushing(false);
  }

  // Frame `number`, with objects of these ids.
  GstBuffer* buffer(unsigned number, const std::vector<guint64>& ids) {
    BlockRef block = pool_->acquire();
    std::memset(block->data(), int(4 * number), GST_VIDEO_INFO_SIZE(&block->info()));
    GstMemory* memory = FrameMemory::create(1);
    FrameMemory::from(memory)->append(std::move(block));
    GstBuffer* buffer = gst_buffer_new();
    gst_buffer_append_memory(buffer, memory);
    NvDsBatchMeta* batch = nvds_create_batch_meta(1);
    NvDsFrameMeta* frame = meta::add_frame(batch);
    frame->frame_num = int(number);
    for (guint64 id : ids) {
      NvDsObjectMeta* object = meta::add_object(frame);
      object->object_id = id;
      object->rect_params.width = object->rect_params.height = 8;
    }
    NvDsMeta* meta = gst_buffer_add_nvds_meta(buffer, batch, nullptr, nvds_batch_meta_copy_func,
                                              nvds_batch_meta_release_func);
    meta->meta_type = NVDS_BATCH_GST_META;
    return buffer;
  }

  // The classes of the objects of the next buffer, -1 for none.
  std::vector<int> pop(std::string* error = nullptr) {
    std::string text;
    GstMiniObject* object = stream_->queue().pop(error ? error : &text);
    NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(GST_BUFFER_CAST(object));
    std::vector<int> classes;
    for (NvDsMetaList* node = nvds_get_nth_frame_meta(batch->frame_meta_list, 0)->obj_meta_list;
         node; node = node->next) {
      const auto* list = static_cast<NvDsObjectMeta*>(node->data)->classifier_meta_list;
      const auto* classifier = list ? static_cast<NvDsClassifierMeta*>(list->data) : nullptr;
      classes.push_back(
          classifier
              ? int(static_cast<NvDsLabelInfo*>(classifier->label_info_list->data)->result_class_id)
              : -1);
    }
    gst_mini_object_unref(object);
    stream_->queue().left();
    return classes;
  }

  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  InferConfig config_;
  std::atomic<unsigned> interval_{0};
  std::shared_ptr<BlockPool> pool_;
  std::vector<std::string> warnings_;
  std::unique_ptr<Model> model_;
  std::unique_ptr<InferStream> stream_;
};

TEST_F(InferStreamTest, AnswersAreSeenFromTheirFrameOnHoweverWorkersFinish) {
  start();
  constexpr unsigned kFrames = 1000;
  const std::vector<guint64> ids = {1, 2, 3, 4, 5, UNTRACKED_OBJECT_ID};
  std::thread streaming([&] {
    for (unsigned n = 0; n < kFrames; ++n) stream_->accept(buffer(n % kBrightnesses, ids));
  });
  for (unsigned n = 0; n < kFrames; ++n) {
    const int number = int(n % kBrightnesses);
    std::vector<int> expected(ids.size(), number / 2 * 2);  // inferred in every other frame
    expected[0] = number;  // not tracked; newest objects come first
    EXPECT_EQ(pop(), expected);
  }
  streaming.join();
}

TEST_F(InferStreamTest, AsynchronousClassifierNeverHoldsABuffer) {
  config_.classifier_async_mode = true;
  start();
  gate_->set_open(false);
  for (unsigned n = 0; n < 40; ++n) {
    ASSERT_TRUE(stream_->accept(buffer(n, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})));
    EXPECT_THAT(pop(), Each(-1));
  }
  gate_->set_open(true);
  std::vector<int> classes = {-1};
  for (unsigned n = 40; std::count(classes.begin(), classes.end(), -1); n = 40 + n % 20) {
    ASSERT_TRUE(stream_->accept(buffer(n, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})));
    classes = pop();
  }
  EXPECT_THAT(classes, SizeIs(12));
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(InferStreamTest, AsynchronousClassifierNeedsIdsAndSaysSoOnce) {
  config_.classifier_async_mode = true;
  start();
  for (unsigned n = 0; n < 3; ++n) {
    stream_->accept(buffer(n, {UNTRACKED_OBJECT_ID}));
    EXPECT_THAT(pop(), ElementsAre(-1));
  }
  EXPECT_THAT(warnings_, ElementsAre(testing::HasSubstr("nvtracker")));
}

TEST_F(InferStreamTest, FlushForgetsObjectsAndAnswersUnderWay) {
  for (const bool asynchronous : {false, true}) {
    config_.classifier_async_mode = asynchronous;
    config_.secondary_reinfer_interval = INT_MAX;
    start();
    gate_->set_open(false);
    stream_->accept(buffer(1, {1}));
    stream_->queue().set_flushing(true);
    gate_->set_open(true);
    stream_->restart();
    stream_->queue().clear(nullptr);
    stream_->queue().set_flushing(false);
    std::vector<int> classes;
    do {
      stream_->accept(buffer(2, {1}));
      classes = pop();
    } while (asynchronous && classes.front() == -1);
    EXPECT_THAT(classes, ElementsAre(2));
    stream_.reset();
  }
}

TEST_F(InferStreamTest, BufferWithoutAPictureIsRefused) {
  start();
  EXPECT_THROW(stream_->accept(gst_buffer_new()), ConfigError);
}

}  // namespace
}  // namespace pyds
