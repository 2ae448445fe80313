// The network that makes embeddings of objects from their pictures.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/team.h"
#include "image/picture.h"
#include "infer/network.h"
#include "track/config.h"
#include "track/looks.h"

namespace pyds::track {

// One caller at a time.
class ReidNetwork {
 public:
  // Loads the model. `name` stands for the configuration file in messages. What is odd but workable
  // goes to `warnings`. Throws ConfigError.
  ReidNetwork(const ReidNetworkConfig& config, const std::string& name,
              std::vector<std::string>* warnings);

  // Number of values of one embedding.
  size_t size() const { return size_; }
  // Writes an embedding of unit length for each box of the picture, on all cores. A box outside of
  // the picture gives that of an empty one. Throws EngineError.
  void embed(const Picture& picture, const std::vector<Box>& boxes, float* embeddings);

 private:
  void embed_chunk(const Picture& picture, const Box* boxes, size_t count, unsigned member,
                   float* embeddings);

  std::shared_ptr<const Network> network_;
  size_t size_ = 0;
  Team team_;
  // One of each for every member of the team.
  std::vector<std::unique_ptr<Engine>> sessions_;
  std::vector<std::shared_ptr<uint8_t>> tensors_;
};

// The embeddings of the objects in one picture.
class PictureEmbeddings : public EmbeddingSource {
 public:
  // Both outlive it.
  PictureEmbeddings(ReidNetwork& network, const Picture& picture)
      : network_(network), picture_(picture) {}

  size_t size() const override { return network_.size(); }
  void make(const std::vector<Detection>& detections, const std::vector<int>& wanted) override;
  const float* embedding(int detection) const override;

 private:
  ReidNetwork& network_;
  Picture picture_;
  std::vector<int> row_of_;  // of each detection in values_, -1 for none
  std::vector<float> values_;
};

}  // namespace pyds::track
